// What the pages for customers and those for staff have in common.
import "./page.js";
import "./uploads.js";
import "./lazy.js";
import "./form.js";
import "./keep.js";
import "./swap.js";
import "./suggest.js";
import "./fields.js";
import "./gate.js";
import "./keys.js";
