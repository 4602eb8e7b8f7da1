// The Draw tab: asks for an answer while the pen moves, and for an explanation when it rests.

import { strokesOf } from "../answer/number.js";
import { createPanel } from "../answer/panel.js";
import { createAnswerClient } from "../api/answer_client.js";
import { postJson } from "../api/server.js";
import { message, withMessages } from "../language/texts.js";
import { createMarks } from "../marks/marks.js";
import { createAdapting } from "../memory/adapting.js";
import { createPad } from "../pad/pad.js";
import { createSharing } from "../share/share.js";
import { createExplanation } from "./explanation.js";

export function start(element, sent) {
  const props = withMessages(sent);
  const tab = element.querySelector(".dd-draw-tab");
  let isPenUp = true;
  let adapting = null;
  let chosen; // the digit of a number that was chosen since the drawing changed
  const marks = createMarks(tab, (digit) => {
    chosen = digit;
    panel.choose(digit);
    explainAgain();
  });
  const panel = createPanel(tab.querySelector(".dd-panel"), props.blank, (answer) => {
    marks.show(answer.digits ?? [], answer.chosen);
    adapting?.answerShown(answer);
  });
  const client = createAnswerClient((strokes) => postJson("answer", question(strokes)), {
    onAnswer(reply, ms) {
      // After an error the drawing stays on screen, and so does the previous answer.
      if (reply.error) return panel.refuse(reply.error);
      const answer = chosen < reply.digits?.length ? { ...reply, chosen } : reply;
      if (adapting) adapting.show(answer, ms);
      else panel.show(answer, ms);
      if (reply.digits && isPenUp) explainAgain();
    },
    onLost: () => panel.showMessage(message("error.connection")),
  });
  const pad = createPad(tab, props.examples, {
    tapAt: marks.tapAt,
    onDrawn(isLifted) {
      isPenUp = isLifted;
      drawingChanged();
      panel.awaitAnswer();
      client.request(pad.question, { urgent: isPenUp });
      if (isPenUp) explanation.penRests();
    },
    onReplaced() {
      drawingChanged();
      client.cancel();
      if (pad.isBlank) return panel.reset(message("pad.cleared"));
      panel.awaitAnswer(true);
      client.request(pad.question, { urgent: true });
      explanation.penRests();
    },
  });
  // Of a number, the chosen digit is explained.
  const explanation = createExplanation(tab, pad, (strokes) => (
    postJson("why", strokesOf(strokes, panel.answer))
  ));
  const sharing = createSharing(tab, pad, panel);
  // A model without features cannot take corrections into account.
  if (props.model) adapting = createAdapting(tab, props.model, { pad, panel, askAgain });

  function question(strokes) {
    return adapting ? adapting.question(strokes) : strokes;
  }

  function askAgain() {
    client.request(pad.question, { urgent: true });
  }

  function drawingChanged() {
    chosen = undefined;
    explanation.hide();
    sharing.drawingChanged();
    adapting?.drawingChanged();
  }

  function explainAgain() {
    explanation.hide();
    explanation.penRests();
  }

  pad.open();
  sharing.openAddress();
}
