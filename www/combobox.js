// Keyboard and ARIA of an editable combobox with a list of options (WAI-ARIA APG, "list autocomplete").
// It knows nothing about what the options stand for: it finds them by their role.
//
// Focus stays in the input; `aria-activedescendant` names the active option. Two events leave the list:
//   combobox-active  the active option changed (also to none); `event.detail` is the option or null
//   combobox-commit  the person chose an option; `event.target` is it
//   combobox-open    ArrowRight on the active option; where it is not prevented, the active option is given up
//   combobox-close   ArrowLeft, likewise
// These leave the input:
//   combobox-cancel  Escape; where it is not prevented, the key is left to the page
//   combobox-show    Alt and an arrow down; `combobox-hide` Alt and an arrow up
//   combobox-take    Enter while no option is active, which means the first one; where it is prevented, none is chosen

/** How many options PageUp and PageDown go past. */
const PAGE = 10;

export class Combobox {
  /** @type {HTMLElement | null} */
  #active = null;
  #listeners = new AbortController();

  /**
   * @param {HTMLInputElement} input an element with `role="combobox"` and `aria-controls`
   * @param {HTMLElement} list the element with `role="listbox"` that `aria-controls` names
   */
  constructor(input, list) {
    this.input = input;
    this.list = list;
    const { signal } = this.#listeners;
    input.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    // A press on an option must not take the focus out of the input.
    list.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest('[role="option"]') : null;
      if (option instanceof HTMLElement) this.#commit(option);
    }, { signal });
  }

  /** The option that the arrow keys have reached, if any. */
  get active() {
    return this.#active;
  }

  /**
   * Call after the options have changed: none is active then.
   *
   * @param {boolean} [shown] whether the list is on show; where it is left out, whether it has options
   */
  refresh(shown) {
    this.extended(shown);
    this.#activate(null);
  }

  /**
   * Puts other options in the place of all. Where the code of the active one is among them it stays active: a better answer
   * that comes late must not take the place from under the arrow keys.
   *
   * @param {ReadonlyArray<HTMLElement>} options
   * @param {boolean} [shown]
   */
  replace(options, shown) {
    const { system, code } = this.#active?.dataset ?? {};
    const same = options.findIndex(({ dataset }) => code !== undefined && dataset.code === code && dataset.system === system);
    this.list.replaceChildren(...options);
    if (same < 0) {
      this.list.scrollTop = 0;
      this.refresh(shown);
    } else {
      this.extended(shown);
      this.activate(same);
    }
  }

  /**
   * Call after options were added at the end: the active one stays.
   *
   * @param {boolean} [shown]
   */
  extended(shown = this.#options().length > 0) {
    this.input.setAttribute("aria-expanded", String(shown));
  }

  /**
   * Makes an option the active one, or none where there is no such option.
   *
   * @param {number} at its position
   */
  activate(at) {
    const option = this.#options()[at] ?? null;
    this.#activate(option);
    option?.scrollIntoView({ block: "nearest" });
  }

  /** Takes every listener back. */
  destroy() {
    this.#listeners.abort();
  }

  get #isPutAway() {
    return this.input.getAttribute("aria-expanded") === "false";
  }

  /** @returns {HTMLElement[]} */
  #options() {
    return [...this.list.querySelectorAll('[role="option"]')].filter((node) => node instanceof HTMLElement);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    // While an input method composes, its keys are not ours (229: Safari reports no isComposing).
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      if (!this.input.dispatchEvent(new CustomEvent("combobox-cancel", { cancelable: true }))) event.preventDefault();
      return;
    }
    if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.input.dispatchEvent(new CustomEvent(event.key === "ArrowDown" ? "combobox-show" : "combobox-hide"));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    // A key that is held a moment too long chooses once; it neither answers the next question nor sends the form.
    if (event.key === "Enter" && event.repeat) {
      event.preventDefault();
      return;
    }
    if (event.key === "Enter" && !this.#active && !this.input.dispatchEvent(new CustomEvent("combobox-take", { cancelable: true }))) {
      event.preventDefault();
      return;
    }
    // A list that was put away comes back by the key that goes into it.
    if (event.key === "ArrowDown" && this.#isPutAway) this.input.dispatchEvent(new CustomEvent("combobox-show"));
    if (this.#isPutAway) return;
    const options = this.#options();
    if (options.length === 0) return;
    const last = options.length - 1;
    const at = this.#active ? options.indexOf(this.#active) : -1;
    switch (event.key) {
      case "ArrowDown":
        this.#move(event, options[at === last ? 0 : at + 1]);
        break;
      case "ArrowUp":
        this.#move(event, options[at <= 0 ? last : at - 1]);
        break;
      case "PageDown":
        this.#move(event, options[Math.min(last, Math.max(at, 0) + PAGE)]);
        break;
      case "PageUp":
        this.#move(event, options[Math.max(0, at - PAGE)]);
        break;
      // Home and End belong to the text until an option is active.
      case "Home":
        if (at >= 0) this.#move(event, options[0]);
        break;
      case "End":
        if (at >= 0) this.#move(event, options[last]);
        break;
      case "ArrowLeft":
      case "ArrowRight":
        this.#aside(event);
        break;
      case "Enter":
        event.preventDefault();
        this.#commit(options[Math.max(at, 0)]);
        break;
    }
  }

  /**
   * An arrow sideways belongs to the text, unless somebody takes it for the active option. In a text that runs from right to
   * left the inward arrow is the left one.
   *
   * @param {KeyboardEvent} event
   */
  #aside(event) {
    if (!this.#active) return;
    const inward = getComputedStyle(this.input).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const name = event.key === inward ? "combobox-open" : "combobox-close";
    const untaken = this.#active.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable: true }));
    if (untaken) this.#activate(null);
    else event.preventDefault();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLElement} option
   */
  #move(event, option) {
    event.preventDefault();
    this.#activate(option);
    option.scrollIntoView({ block: "nearest" });
  }

  /** @param {HTMLElement | null} option */
  #activate(option) {
    if (option === this.#active && (option === null || option.isConnected)) {
      if (option === null) this.input.removeAttribute("aria-activedescendant");
      return;
    }
    this.#active?.setAttribute("aria-selected", "false");
    this.#active = option;
    if (option) {
      option.setAttribute("aria-selected", "true");
      this.input.setAttribute("aria-activedescendant", option.id);
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
    this.list.dispatchEvent(new CustomEvent("combobox-active", { detail: option }));
  }

  /** @param {HTMLElement} option */
  #commit(option) {
    this.#activate(option);
    option.dispatchEvent(new CustomEvent("combobox-commit", { bubbles: true }));
  }
}
