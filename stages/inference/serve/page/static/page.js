"use strict";

const form = document.getElementById("form");
const answer = document.getElementById("answer");
const submit = form.querySelector("button[type=submit]");

for (const element of document.querySelectorAll(".script")) element.hidden = false;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  submit.disabled = true;
  answer.classList.add("waiting");
  try {
    const response = await fetch("/?part=answer", { method: "POST", body: new URLSearchParams(new FormData(form)) });
    answer.innerHTML = await response.text();
  } catch {
    answer.textContent = "The server does not answer. Is it still running?";
  }
  answer.classList.remove("waiting");
  submit.disabled = false;
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  answer.scrollIntoView({ block: "nearest", behavior });
});

const fields = [...form.querySelectorAll("[data-example]")];
const example = document.getElementById("example");
example.hidden = fields.length === 0;
example.addEventListener("click", () => {
  for (const field of fields) field.value = field.dataset.example;
});

for (const drop of document.querySelectorAll(".drop")) {
  const chooser = drop.querySelector("input[type=file]");
  const content = drop.querySelector("input[type=hidden]");
  const image = drop.querySelector("img");

  const show = async (file) => {
    if (!file) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = "";
    for (let start = 0; start < bytes.length; start += 32768) {
      text += String.fromCharCode(...bytes.subarray(start, start + 32768));
    }
    // The alphabet that is safe in addresses: a form would send three characters for + and /.
    content.value = btoa(text).replaceAll("+", "-").replaceAll("/", "_");
    chooser.required = false;
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(file);
    image.hidden = false;
    image.onerror = () => { image.hidden = true; };
  };

  chooser.addEventListener("change", () => show(chooser.files[0]));
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    show(event.dataTransfer.files[0]);
  });
}

const rowsFile = document.getElementById("rows-file");
rowsFile?.addEventListener("change", async () => {
  if (rowsFile.files[0]) document.getElementById("rows").value = await rowsFile.files[0].text();
});
