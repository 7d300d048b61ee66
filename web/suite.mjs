// `npm run suite`: the core of the tests in Python 3.14 (the page's own, in WebAssembly), for machines that have no such Python.
// `npm run suite -- tests/test_api.py -k parse` takes other tests; PYODIDE names the folder of another Pyodide, for another Python.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const WEB = path.join(import.meta.dirname);
const ROOT = path.dirname(WEB);
const PACKAGES = "click lark mpmath sympy rich markdown_it mdurl pygments pytest _pytest py pluggy iniconfig packaging prompt_toolkit wcwidth".split(" ");
const CORE = "test_protocol test_session test_lalr test_forms test_papers".split(" ").map((name) => `tests/${name}.py`);

const RUN = `
import os, sys, types
# What WebAssembly has not: threads of the system, a terminal, NumPy's own code. The page's stand-in for NumPy takes its place.
sys.path[:0] = ["/repo", "/repo/web/python", "/repo/tests"]
sys.path.append("/packages")
sys.modules["page"] = types.ModuleType("page")
os.chdir("/repo")
import pytest
class Alone:
    "A test of other processes, of a terminal, or of more than the stand-in for NumPy has is skipped."
    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        try:
            return (yield)
        except Exception as error:
            if any(lack in str(error) for lack in ("processes", "pty devices", "which the page does not have")):
                pytest.skip(str(error))
            raise

def run(argv):
    return int(pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-W", "default", *argv], plugins=[Alone()]))
`;

const home = process.env.PYODIDE ?? path.join(WEB, "node_modules", "pyodide");
const { loadPyodide } = await import(pathToFileURL(path.join(home, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: `${home}/`, env: { HOME: "/home/pyodide", PYTHONDONTWRITEBYTECODE: "1" } });
const mount = (folder, place) => {
  python.FS.mkdirTree(place);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, place);
};
mount(ROOT, "/repo");
const shared = process.env.MATCALC_SHARED ?? path.join(ROOT, "..", "shared");
if (fs.existsSync(shared)) mount(fs.realpathSync(shared), "/shared");
const finder = process.env.PYTHON ?? path.join(ROOT, ".venv", "bin", "python");
const places = execFileSync(finder, ["-c", `import importlib.util as u; print(*(u.find_spec(n).origin for n in "${PACKAGES.join(" ")}".split()), sep="\\n")`], { encoding: "utf-8", cwd: "/" });
python.FS.mkdirTree("/packages");
for (const place of places.trim().split("\n")) {
  const folder = path.dirname(place);
  if (path.basename(place) === "__init__.py") mount(folder, `/packages/${path.basename(folder)}`);
  else python.FS.writeFile(`/packages/${path.basename(place)}`, fs.readFileSync(place, "utf-8"));
}
python.runPython(RUN);
console.log(python.runPython("sys.version"));
process.exitCode = python.globals.get("run")(python.toPy(process.argv.slice(2).length ? process.argv.slice(2) : CORE));
