// Archives of Python sources become archives of byte code of the page's own Python, so that no visitor's browser compiles them.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { loadPyodide } from "pyodide";

const COMPILE = `
import zipfile
from inspect import CO_HAS_DOCSTRING
from types import CodeType
from importlib._bootstrap_external import _code_to_timestamp_pyc

def lean(code):
    "Without lines and the docstring, which only a programmer reads."
    inner = [lean(c) if isinstance(c, CodeType) else c for c in code.co_consts]
    if code.co_flags & CO_HAS_DOCSTRING:
        inner[0] = ""
    units = len(code.co_code) // 2  # "no line" for eight of them a byte: an empty table ends whoever prints a traceback
    table = b"\\xff" * (units // 8) + bytes([0xF8 | units % 8 - 1] if units % 8 else [])
    return code.replace(co_consts=tuple(inner), co_linetable=table)

def compiled(path, target, drop, stored):
    drop, kind = set(drop), zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", kind, compresslevel=9) as new:
        for name in old.namelist():
            if name.partition("/")[0].removesuffix(".py") in drop or name.rpartition(".")[0] in drop:
                continue
            content, kept = old.read(name), name
            if name.endswith(".py") and "/codegen/helpers/" not in name:  # those are read as text, into the programs that are written
                code = lean(compile(content, name, "exec", dont_inherit=True))
                content, kept = bytes(_code_to_timestamp_pyc(code)), name + "c"
            new.writestr(zipfile.ZipInfo(kept, (2020, 1, 1, 0, 0, 0)), content, kind)
`;

/** Compile the archive in place, without the modules in `drop`; what was compiled before is taken from the `cache` folder. As a `pack`
 * it is compressed as a whole, which is a fifth smaller than file by file; Pyodide's own archive is read by Pyodide, and stays a zip. */
export async function compileArchive(archive, cache, { drop = [], pack = false } = {}) {
  const source = fs.readFileSync(archive);
  const kept = path.join(cache, `${createHash("sha256").update(source).update(COMPILE + drop + pack).digest("hex").slice(0, 16)}.zip`);
  if (!fs.existsSync(kept)) {
    const python = await loadPyodide();
    python.runPython(COMPILE);
    python.FS.writeFile("/sources.zip", source);
    python.globals.get("compiled")("/sources.zip", "/compiled.zip", python.toPy(drop), pack);
    fs.mkdirSync(cache, { recursive: true });
    const made = python.FS.readFile("/compiled.zip");
    fs.writeFileSync(kept, pack ? gzipSync(made, { level: 9 }) : made);
  }
  fs.copyFileSync(kept, pack ? archive.replace(/zip$/, "pack") : archive);
  if (pack) fs.rmSync(archive);
}
