// jQuery UI asks for what matches the term: the module answers, in its own order.
Medcode.load({ systems: ["icd10cm"] }).then((medcode) => {
  $("#find").autocomplete({
    minLength: 1,
    delay: 0,
    source: ({ term }, respond) => {
      const { hits } = medcode.search(term, { limit: 10, systems: ["icd10cm"], billableOnly: true });
      respond(hits.map(({ code, display }) => ({ value: code, label: `${code} ${display}` })));
    },
  });
});
