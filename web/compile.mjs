// Archives of Python sources become archives of byte code of the page's own Python, so that no visitor's browser compiles them.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

import { loadPyodide } from "pyodide";

const COMPILE = `
import zipfile
from inspect import CO_HAS_DOCSTRING
from types import CodeType
from importlib._bootstrap_external import _code_to_timestamp_pyc

def lean(code):
    "Without the table of lines and the docstring, which only a programmer reads."
    inner = [lean(c) if isinstance(c, CodeType) else c for c in code.co_consts]
    if code.co_flags & CO_HAS_DOCSTRING:
        inner[0] = ""
    return code.replace(co_consts=tuple(inner), co_linetable=b"")

def compiled(path, target, drop):
    drop = set(drop)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in old.namelist():
            if name.partition("/")[0].removesuffix(".py") in drop or name.rpartition(".")[0] in drop:
                continue
            content, kept = old.read(name), name
            if name.endswith(".py") and "/codegen/helpers/" not in name:  # those are read as text, into the programs that are written
                code = lean(compile(content, name, "exec", dont_inherit=True))
                content, kept = bytes(_code_to_timestamp_pyc(code)), name + "c"
            new.writestr(zipfile.ZipInfo(kept, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
`;

/** Compile the archive in place, without the modules in `drop`; what was compiled before is taken from the `cache` folder. */
export async function compileArchive(archive, cache, drop = []) {
  const source = fs.readFileSync(archive);
  const kept = path.join(cache, `${createHash("sha256").update(source).update(COMPILE + drop).digest("hex").slice(0, 16)}.zip`);
  if (!fs.existsSync(kept)) {
    const python = await loadPyodide();
    python.runPython(COMPILE);
    python.FS.writeFile("/sources.zip", source);
    python.globals.get("compiled")("/sources.zip", "/compiled.zip", python.toPy(drop));
    fs.mkdirSync(cache, { recursive: true });
    fs.writeFileSync(kept, python.FS.readFile("/compiled.zip"));
  }
  fs.copyFileSync(kept, archive);
}
