// The Compare tab: asks all models about one drawing while the pen moves.

import { strokesOf } from "../answer/number.js";
import { createAnswerClient } from "../api/answer_client.js";
import { postJson } from "../api/server.js";
import { message, withMessages } from "../language/texts.js";
import { createMarks } from "../marks/marks.js";
import { createPad } from "../pad/pad.js";
import { createCards } from "./cards.js";
import { connectModels } from "./models.js";

export function start(element, sent) {
  const props = withMessages(sent);
  const tab = element.querySelector(".dd-compare-tab");
  const cards = createCards(tab, props.models, props.invitation);
  let number = { digits: [] }; // of the drawing, with the `chosen` one that the models see
  let isOfPart = false; // whether the question is about the chosen digit alone
  const marks = createMarks(tab, (digit) => {
    showNumber({ ...number, chosen: digit });
    isOfPart = true;
    client.cancel();
    client.request(strokesOf(pad.question, number), { urgent: true });
  });
  const client = createAnswerClient((strokes) => postJson("compare", strokes), {
    onAnswer(reply) {
      if (reply.error) return cards.refuse(reply.error);
      if (!isOfPart) showNumber({ digits: reply.digits, chosen: reply.digits.length - 1 });
      cards.show(reply, number);
    },
    onLost: () => cards.showMessage(message("error.connection")),
  });
  const pad = createPad(tab, props.examples, {
    tapAt: marks.tapAt,
    onDrawn(isPenUp) {
      isOfPart = false;
      cards.awaitAnswer();
      client.request(pad.question, { urgent: isPenUp });
    },
    onReplaced() {
      isOfPart = false;
      client.cancel();
      showNumber({ digits: [] });
      if (pad.isBlank) return cards.reset(message("pad.cleared"));
      cards.awaitAnswer(true);
      client.request(pad.question, { urgent: true });
    },
  });

  function showNumber(shown) {
    number = shown;
    marks.show(number.digits, number.chosen);
  }

  connectModels(tab);
  pad.open();
  // The server loads the models for the first request, so that is sent before anything is drawn.
  if (pad.isBlank) client.request([]);
}
