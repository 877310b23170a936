// The entry: wires the small modules once, and again on whatever htmx brings in.

import { listenForHtmx } from "./requests.js";
import { offerCopies } from "./copy.js";
import { takeFocus } from "./focus.js";
import { listenForKeys } from "./keyboard.js";
import { foldMenus, offerSideToggle, openDialogs } from "./menus.js";
import { previewPhotos, submitOnChange } from "./forms.js";
import { restackTables, stackTables } from "./tables.js";

function awaken(root) {
  offerCopies(root);
  takeFocus(root);
  stackTables(root);
}

listenForHtmx(awaken);
listenForKeys();
foldMenus();
openDialogs();
offerSideToggle();
previewPhotos();
submitOnChange();
restackTables();
awaken(document);
