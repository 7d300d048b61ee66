// Who answers: a worker with Python in it, or the server that this page came from. Both take a question and give matcalc's object.

const LIMIT = 30_000; // milliseconds for a question
const KEPT = 200; // answers, for who takes a key back

/** The engine for this page. `onState` hears "loading", "ready" and "failed". */
export function connect(onState) {
  const server = document.documentElement.dataset.engine === "server";
  return new Engine(server ? new Server(onState) : new Local(onState));
}

/** One question at a time. A question with a lane takes the place of one that waits in the same lane; that one gets no answer (null). */
class Engine {
  constructor(answerer) {
    this.answerer = answerer;
    this.waiting = [];
    this.kept = new Map();
    this.busy = false;
  }

  ask(question, lane = null) {
    const known = this.kept.get(JSON.stringify(question));
    if (known) return Promise.resolve(known);
    return new Promise((resolve) => {
      if (lane !== null) {
        for (const old of this.waiting.filter((job) => job.lane === lane)) old.resolve(null);
        this.waiting = this.waiting.filter((job) => job.lane !== lane);
      }
      this.waiting.push({ question, lane, resolve });
      this.next();
    });
  }

  async next() {
    if (this.busy || !this.waiting.length) return;
    this.busy = true;
    const { question, resolve } = this.waiting.shift();
    try {
      const answer = await this.answerer.answer(question);
      if (answer.error?.code !== "engine") this.keep(JSON.stringify(question), answer);
      resolve(answer);
    } catch (error) {
      resolve(refusal(`the engine failed: ${error.message ?? error}`));
    }
    this.busy = false;
    this.next();
  }

  keep(text, answer) {
    this.kept.set(text, answer);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
  }
}

/** Python in a Web Worker. A question that takes too long costs the worker, and the next one starts another. */
class Local {
  constructor(onState) {
    this.onState = onState;
    this.start();
  }

  start() {
    this.onState("loading");
    this.pending = null;
    this.worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    this.ready = new Promise((resolve) => (this.told = resolve));
    this.worker.onmessage = ({ data }) => {
      if (data.state === "ready") this.told();
      if (data.state) this.onState(data.state, data.reason);
      else this.settle(data.answer);
    };
    this.worker.onerror = (event) => {
      this.onState("failed", event.message);
      this.settle(refusal("Python could not be started in this browser"));
    };
  }

  settle(answer) {
    const resolve = this.pending;
    this.pending = null;
    if (resolve) resolve(answer);
  }

  async answer(question) {
    await this.ready;
    return new Promise((resolve) => {
      const clock = setTimeout(() => {
        this.worker.terminate();
        this.settle(refusal(`no answer within ${LIMIT / 1000} seconds`));
        this.start();
      }, LIMIT);
      this.pending = (answer) => {
        clearTimeout(clock);
        resolve(answer);
      };
      this.worker.postMessage(question);
    });
  }
}

/** `matcalc web`: the engine of the installed package. Its token stands in the URL. */
class Server {
  constructor(onState) {
    this.token = new URLSearchParams(location.search).get("token") ?? "";
    onState("ready");
  }

  async answer(question) {
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${this.token}` };
    const response = await fetch("./ask", { method: "POST", headers, body: JSON.stringify(question) });
    if (!response.ok) return refusal(`the server said: ${response.status} ${response.statusText}`);
    return response.json();
  }
}

function refusal(message) {
  return { error: { code: "engine", message, span: null, suggestions: [], field: null } };
}
