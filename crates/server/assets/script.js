// Small comforts. Every page works without them.
"use strict";

// An error summary takes the focus, so that it is read first.
document.querySelectorAll("[data-focus]").forEach((found) => found.focus());

// Blank fields of a filter form stay out of the address.
document.querySelectorAll("form[data-lean]").forEach((form) => {
  form.addEventListener("submit", () => {
    form.querySelectorAll("input, select").forEach((field) => {
      if (!field.value) field.disabled = true;
    });
  });
  window.addEventListener("pageshow", () => {
    form.querySelectorAll("input, select").forEach((field) => { field.disabled = false; });
  });
});

// A part of a page that takes its time comes after the page.
document.querySelectorAll("[data-load]").forEach((place) => {
  fetch(place.dataset.load, { credentials: "same-origin" })
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
    .then((text) => {
      const part = new DOMParser().parseFromString(text, "text/html").querySelector(place.dataset.part);
      if (part) place.replaceChildren(part);
    })
    .catch(() => {});
});

// Menus close when something else is pressed.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu-box[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.menu-box[open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

// How many rows are selected, and how much money that is. Amounts are fen, too many for a number.
document.querySelectorAll("[data-selection]").forEach((form) => {
  const boxes = Array.from(form.querySelectorAll("tbody input[type=checkbox]"));
  const sum = form.querySelector("[data-sum]");
  if (!sum) return;
  const all = form.querySelector("[data-all]");
  const wan = (fen) => {
    const digits = fen.toString().padStart(7, "0");
    const whole = digits.slice(0, -6).replace(/\B(?=(\d{3})+$)/g, ",");
    const rest = digits.slice(-6).replace(/0+$/, "");
    return rest ? whole + "." + rest : whole;
  };
  const tell = () => {
    const chosen = boxes.filter((box) => box.checked);
    const total = chosen.reduce((fen, box) => fen + BigInt(box.dataset.fen), BigInt(0));
    sum.hidden = false;
    form.querySelector("[data-count]").textContent = chosen.length;
    form.querySelector("[data-total]").textContent = wan(total);
    all.querySelector("input").checked = chosen.length === boxes.length;
  };
  all.hidden = false;
  all.querySelector("input").addEventListener("change", (event) => {
    boxes.forEach((box) => { box.checked = event.target.checked; });
    tell();
  });
  boxes.forEach((box) => box.addEventListener("change", tell));
  tell();
});
