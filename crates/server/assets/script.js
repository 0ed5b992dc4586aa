// Small comforts. Every page works without them.
"use strict";

// An error summary takes the focus, so that it is read first.
document.querySelectorAll("[data-focus]").forEach((found) => found.focus());
