// select2 believes that it asks a server: the transport is a search in the page.
Medcode.load({ systems: ["icd10cm"] }).then((medcode) => {
  $("#find").select2({
    width: "100%",
    minimumInputLength: 1,
    placeholder: "Words or a code",
    ajax: {
      delay: 0,
      transport: ({ data }, success) => {
        const { term = "", page = 1 } = data;
        const { hits, total } = medcode.search(term, { limit: 20, offset: 20 * (page - 1), systems: ["icd10cm"], billableOnly: true });
        success({ results: hits.map(({ code, display }) => ({ id: code, text: `${code} ${display}` })), pagination: { more: hits.length > 0 && total > 20 * page } });
        return { abort: () => undefined };
      },
    },
  });
});
