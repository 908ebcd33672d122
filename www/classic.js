// What a classic `<script>` gives: everything under one global name, `Medcode`, and the element registered.

import "./element.js";

export * from "./index.js";
