// The English texts, for tests of modules that make messages.

import english from "../../digitdraw/languages/en.json" with { type: "json" };
import { setTexts, textOf } from "../../digitdraw/ui/frontend/language/texts.js";

setTexts("en", english);

export { textOf };
