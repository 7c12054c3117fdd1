// The script of the pages for customers.
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
import "./refresh.js";
import "./thread.js";
