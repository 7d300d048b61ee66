// The worker: Pyodide with matcalc in it. A question comes as an object and its answer goes back as one.

import { loadPyodide } from "./vendor/pyodide/pyodide.mjs";

const HERE = new URL("./", import.meta.url).href;
const waiting = [];
let answer = null;

self.onmessage = ({ data }) => {
  if (answer === null) waiting.push(data);
  else reply(data);
};

function reply(question) {
  try {
    self.postMessage({ answer: JSON.parse(answer(JSON.stringify(question))) });
  } catch (error) {
    self.postMessage({ state: "failed", reason: String(error) });
  }
}

/** The bytes of one of the page's own files, at once: Python's import waits for them. */
function fetchNow(name) {
  const request = new XMLHttpRequest();
  request.open("GET", HERE + name, false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(`${name}: ${request.status}`);
  return new Uint8Array(request.response);
}

function unpacked(response) {
  return new Response(response.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

async function start() {
  const archive = fetch(`${HERE}python/matcalc.pack`).then(unpacked);
  const python = await loadPyodide({ indexURL: `${HERE}vendor/pyodide/` });
  python.FS.mkdirTree("/archives");
  python.unpackArchive(await archive, "zip", { extractDir: "/matcalc" });
  python.registerJsModule("page", {
    load(name) {
      self.postMessage({ state: "loading", reason: name });
      python.FS.writeFile(`/archives/${name}`, fetchNow(`python/${name}`));
      self.postMessage({ state: "ready" });
    },
  });
  python.runPython('import sys; sys.path.insert(0, "/matcalc")');
  answer = python.pyimport("in_worker").answer;
  self.postMessage({ state: "ready" });
  waiting.splice(0).forEach(reply);
}

start().catch((error) => self.postMessage({ state: "failed", reason: String(error) }));
