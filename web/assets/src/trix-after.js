// Undoes trix-before.js once Trix has loaded.
import { create } from "./trix-before.js";
document.createElement = create;
