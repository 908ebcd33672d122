// Tom Select loads what is typed; a score of one for all keeps the order of the hits.
Medcode.load({ systems: ["icd10cm"] }).then((medcode) => {
  const select = new TomSelect("#find", {
    valueField: "code",
    labelField: "text",
    searchField: [],
    loadThrottle: null,
    score: () => () => 1,
    load: (query, take) => {
      select.clearOptions();
      const { hits } = medcode.search(query, { limit: 20, systems: ["icd10cm"], billableOnly: true });
      take(hits.map(({ code, display }) => ({ code, text: `${code} ${display}` })));
    },
  });
});
