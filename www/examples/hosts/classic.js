// A page without modules: one script gives the element and every call, under one global name.

Medcode.load({ systems: ["icd10cm"] }).then((medcode) => {
  document.getElementById("field").addEventListener("medcode-select", (event) => {
    const [coding] = event.detail.codings;
    if (coding) answer.textContent = `${coding.code} ${coding.display}: ${medcode.validate(coding.code).status}`;
  });
});
