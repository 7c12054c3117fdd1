// The script of the pages for staff.
import "./portal.js";
import "./palette.js";
import "./peek.js";
import "./pick.js";
import "./pane.js";
import "./rows.js";
import "./live.js";
import "./settings.js";
import "./find.js";
import "./tags.js";
import "./undo.js";
import "./redact.js";
import "./presence.js";
import "./quick.js";
import "./bell.js";
import "./push.js";
import "./work.js";
