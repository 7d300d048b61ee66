// A claim judged: right, or wrong with what is wrong and what is right.

import { el, fill, get } from "./dom.js";
import { mark } from "./refusal.js";

/** Ask about the question's claim and show the verdict, whose own `error` is a number: only a refusal's has a message. */
export async function judge(ask, question, common) {
  const node = get("verdict");
  mark("claim", question.claim, null);
  if (!question.claim.trim()) return fill(node);
  const { notation: _, ...base } = common;
  const found = await ask({ ...base, command: "check", claim: question.claim }, "claim");
  if (found === null) return;
  if (found.error?.message) {
    mark("claim", question.claim, found.error.field === "claim" ? found.error.span : null);
    return fill(node, el("p", { class: "refusal" }, [found.error.message, ...found.error.suggestions].join("\n")));
  }
  const right = found.verdict === "equal";
  fill(
    node,
    el("p", { class: right ? "good" : "bad" }, right ? "Right." : `Not equal: ${found.diagnosis.join("; ")}`),
    right || !found.derivative ? null : el("p", {}, "The derivative: ", el("code", {}, found.derivative)),
    el("p", { class: "hint" }, compared(found)),
  );
}

function compared({ points, symbolic }) {
  const at = points ? `compared at ${points} random points` : "judged by the shapes alone";
  return symbolic ? `Proved by algebra, and ${at}.` : `${at[0].toUpperCase()}${at.slice(1)}.`;
}
