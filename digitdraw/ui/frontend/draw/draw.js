// The Draw tab: asks for an answer while the pen moves, and for an explanation when it rests.

import { createPanel } from "../answer/panel.js";
import { createAnswerClient } from "../api/answer_client.js";
import { postJson } from "../api/server.js";
import { message, withMessages } from "../language/texts.js";
import { createPad } from "../pad/pad.js";
import { createSharing } from "../share/share.js";
import { createExplanation } from "./explanation.js";

export function start(element, sent) {
  const props = withMessages(sent);
  const tab = element.querySelector(".dd-draw-tab");
  const panel = createPanel(tab.querySelector(".dd-panel"), props.blank);
  const client = createAnswerClient((strokes) => postJson("answer", strokes), {
    onAnswer(reply, ms) {
      // After an error the drawing stays on screen, and so does the previous answer.
      if (reply.error) panel.refuse(reply.error);
      else panel.show(reply, ms);
    },
    onLost: () => panel.showMessage(message("error.connection")),
  });
  const pad = createPad(tab, props.examples, {
    onDrawn(isPenUp) {
      explanation.hide();
      sharing.drawingChanged();
      panel.awaitAnswer();
      client.request(pad.question, { urgent: isPenUp });
      if (isPenUp) explanation.penRests();
    },
    onReplaced() {
      explanation.hide();
      sharing.drawingChanged();
      client.cancel();
      if (pad.isBlank) return panel.reset(message("pad.cleared"));
      panel.awaitAnswer(true);
      client.request(pad.question, { urgent: true });
      explanation.penRests();
    },
  });
  const explanation = createExplanation(tab, pad, (strokes) => postJson("why", strokes));
  const sharing = createSharing(tab, pad, panel);

  pad.open();
  sharing.openAddress();
}
