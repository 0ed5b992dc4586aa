// Small comforts. Every page works without them.
"use strict";

// An error summary takes the focus, so that it is read first.
document.querySelectorAll("[data-focus]").forEach((found) => found.focus());

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
