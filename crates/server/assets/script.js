// Small comforts. Every page works without them.
"use strict";

// An error summary takes the focus, so that it is read first.
document.querySelectorAll("[data-focus]").forEach((found) => found.focus());

// Printing takes the script: without it, the browser's own menu prints the same.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
