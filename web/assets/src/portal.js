// The script of the pages for customers.
import "./both.js";
import "./refresh.js";
import "./thread.js";
