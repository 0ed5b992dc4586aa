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

// The form of a project: likely duplicates and wrong codes while it is typed, and nothing is lost.
document.querySelectorAll("form[data-register]").forEach((form) => {
  const fields = () => new URLSearchParams(new FormData(form));
  const later = (wait, work) => {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(work, wait); };
  };
  const project = (form.getAttribute("action").match(/\/projects\/(\d+)\//) || [])[1] || "";

  const place = form.querySelector("[data-alike]");
  const alike = later(300, () => {
    const query = new URLSearchParams();
    ["name", "region", "code", "owner_unit.name", "owner_unit.credit_code", "total_investment"].forEach((name) => {
      const field = form.elements[name];
      if (field && field.value.trim()) query.set(name, field.value);
    });
    if (project) query.set("but", project);
    if ((query.get("name") || "").trim().length < 2 && !query.has("code")) return place.replaceChildren();
    fetch("/projects/alike?" + query, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
      .then((text) => {
        const part = new DOMParser().parseFromString(text, "text/html").querySelector("div.alike");
        if (part) place.replaceChildren(part); else place.replaceChildren();
      })
      .catch(() => {});
  });

  const tell = (id, kind, message) => {
    const field = document.getElementById(id);
    const told = document.getElementById(id + "-" + kind);
    if (told) told.remove();
    if (!field || !message) return;
    const line = document.createElement("p");
    line.className = kind;
    line.id = id + "-" + kind;
    line.textContent = (kind === "warning" ? "⚠ " : "") + message;
    field.parentElement.appendChild(line);
  };
  const checked = ["f-code", "f-owner_unit-credit_code", "f-total_investment", "f-planned"];
  const check = later(400, () => {
    fetch("/projects/check", { method: "POST", body: fields(), credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then((found) => {
        [["fault", found.faults], ["warning", found.warnings]].forEach(([kind, messages]) => {
          const of = new Map(messages);
          checked.forEach((id) => tell(id, kind, of.get(id)));
        });
      })
      .catch(() => {});
  });

  let isNew = false;
  const keep = () => {
    if (!isNew) return;
    isNew = false;
    const body = fields();
    if (project) body.set("subject", project);
    fetch("/projects/keep", { method: "POST", body, credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then((kept) => {
        form.elements.kept.value = kept.kept;
        const now = new Date();
        const two = (number) => String(number).padStart(2, "0");
        form.querySelector("[data-kept]").textContent = kept.message + " " + two(now.getHours()) + ":" + two(now.getMinutes());
      })
      .catch(() => { isNew = true; });
  };
  setInterval(keep, 10000);

  const units = document.getElementById("owner-units");
  const owners = later(250, () => {
    const typed = form.elements["owner_unit.name"].value.trim();
    if (typed.length < 2) return;
    fetch("/projects/owner-units?" + new URLSearchParams({ q: typed }), { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : []))
      .then((names) => units.replaceChildren(...names.map((name) => {
        const option = document.createElement("option");
        option.value = name;
        return option;
      })))
      .catch(() => {});
  });

  form.addEventListener("input", (event) => {
    isNew = true;
    const name = event.target.name;
    if (["name", "region", "code", "owner_unit.name", "total_investment"].includes(name)) alike();
    if (["code", "owner_unit.credit_code", "total_investment", "planned"].includes(name)) check();
    if (name === "owner_unit.name") owners();
  });
});

// A long list of boxes can be searched: by name, alias or initials.
document.querySelectorAll("[data-find]").forEach((group) => {
  const find = document.createElement("input");
  find.type = "search";
  find.className = "find";
  find.placeholder = group.dataset.find;
  find.setAttribute("aria-label", group.dataset.find);
  group.querySelector(".scroll-box").before(find);
  find.addEventListener("input", (event) => {
    event.stopPropagation();
    const typed = find.value.trim().toLowerCase();
    group.querySelectorAll("[data-found]").forEach((label) => {
      const isChosen = label.querySelector("input").checked;
      label.hidden = !isChosen && !label.dataset.found.includes(typed);
    });
  });
  find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
});

// Printing takes the script: without it, the browser's own menu prints the same.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// Tables worked by keyboard: arrows move within a column; in an open form Enter saves and Escape
// restores what was there.
(() => {
  const step = (from, by) => {
    const table = from.closest("table");
    const column = [...table.querySelectorAll(`[data-column="${from.dataset.column}"]`)];
    const next = column[column.indexOf(from) + by];
    if (!next) return false;
    next.focus();
    if (next.select) next.select();
    return true;
  };
  const isChanged = (cell) => {
    if (cell.type === "checkbox") return cell.checked !== cell.defaultChecked;
    if (cell.tagName !== "SELECT") return "defaultValue" in cell && cell.value !== cell.defaultValue;
    const first = [...cell.options].findIndex((option) => option.defaultSelected);
    return cell.selectedIndex !== Math.max(0, first);
  };
  document.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.dataset || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const form = cell.form && "sheet" in cell.form.dataset ? cell.form : null;
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    // In a select the arrows choose.
    if (by && cell.dataset.column && cell.tagName !== "SELECT" && step(cell, by)) event.preventDefault();
    if (!form) return;
    const saves = cell.tagName === "SELECT" || cell.type === "checkbox" || (cell.tagName === "TEXTAREA" && !event.shiftKey);
    if (event.key === "Enter" && saves) {
      event.preventDefault();
      form.requestSubmit();
    }
    if (event.key === "Escape") {
      event.preventDefault();
      const leave = document.querySelector(".opened [data-leave]");
      if ([...form.elements].some(isChanged)) form.reset();
      else if (leave) leave.click();
    }
  });
})();
