// `npm run build`: the page as static files in dist/, with Python, KaTeX and matcalc beside it. PYTHON says which Python packs them.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { compileArchive } from "./compile.mjs";

const WEB = path.dirname(fileURLToPath(import.meta.url));
const DIST = path.join(WEB, "dist");
// Of the standard library, what no page needs: other machines, other alphabets, tools for programmers.
const DROPPED = [
  ..."_pyrepl curses dbm ensurepip ftplib idlelib imaplib lib2to3 mailbox multiprocessing nntplib pdb poplib pydoc pydoc_data smtplib".split(" "),
  ..."cProfile doctest optparse pickletools profile pstats pyclbr shelve statistics tabnanny trace wave xml zoneinfo".split(" "),
  ..."bdb configparser imaplib ipaddress plistlib ssl tarfile uuid logging/config logging/handlers http/cookiejar http/cookies http/server".split(" "),
  ..."asyncio/proactor_events asyncio/windows_events asyncio/windows_utils concurrent/futures/process tomllib _pyio".split(" "),
  ..."sqlite3 telnetlib tkinter turtle turtledemo unittest venv wsgiref xmlrpc".split(" "),
  ..."big5 big5hkscs cp932 cp949 cp950 gb18030 gb2312 gbk hz johab".split(" ").map((name) => `encodings/${name}`),
  ..."cp037 cp273 cp424 cp500 cp720 cp737 cp775 cp850 cp852 cp855 cp856 cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869 cp874 cp875"
    .split(" ")
    .map((name) => `encodings/${name}`),
];
const PYODIDE = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"];

fs.rmSync(DIST, { recursive: true, force: true });
fs.cpSync(path.join(WEB, "src"), DIST, { recursive: true });
copy("node_modules/pyodide", "vendor/pyodide", PYODIDE);
fs.writeFileSync(path.join(DIST, "vendor/pyodide/pyodide-lock.json"), lockOfPython());
copy("node_modules/katex/dist", "vendor/katex", ["katex.min.js", "katex.min.css"]);
const fonts = fs.readdirSync(path.join(WEB, "node_modules/katex/dist/fonts")).filter((name) => name.endsWith(".woff2"));
copy("node_modules/katex/dist/fonts", "vendor/katex/fonts", fonts);

const needed = execFileSync(python(), [path.join(WEB, "pack.py"), path.join(DIST, "python")], { encoding: "utf-8" }).trim().split(/\s+/);
const missed = needed.filter((name) => DROPPED.includes(name.replaceAll(".", "/")) || DROPPED.includes(name.split(".")[0]));
if (missed.length) throw new Error(`matcalc imports what DROPPED leaves out: ${missed}`);
const cache = path.join(WEB, ".cache");
for (const name of ["matcalc.zip", "sympy.zip"]) await compileArchive(path.join(DIST, "python", name), cache, { pack: true });
await compileArchive(path.join(DIST, "vendor/pyodide/python_stdlib.zip"), cache, { drop: DROPPED });

// What the service worker keeps from the first visit on. SymPy is kept when it is first needed, or when the page has nothing to do.
const files = list(DIST).filter((name) => !["sw.js", "python/sympy.pack"].includes(name));
const version = createHash("sha256");
for (const name of [...files, "python/sympy.pack"]) version.update(name).update(fs.readFileSync(path.join(DIST, name)));
const worker = fs.readFileSync(path.join(DIST, "sw.js"), "utf8");
const filled = worker.replace("__VERSION__", version.digest("hex").slice(0, 16)).replace("__FILES__", JSON.stringify(files));
fs.writeFileSync(path.join(DIST, "sw.js"), filled);

const MOST = 15e6; // bytes of a first visit
const first = files.reduce((sum, name) => sum + fs.statSync(path.join(DIST, name)).size, 0);
console.log(`built ${path.relative(process.cwd(), DIST) || "."}: ${(first / 1e6).toFixed(1)} MB at the first visit`);
if (first > MOST) {
  console.error(`that is more than ${MOST / 1e6} MB: leave out what no page needs`);
  process.exitCode = 1;
}

function copy(from, to, names) {
  fs.mkdirSync(path.join(DIST, to), { recursive: true });
  for (const name of names) fs.copyFileSync(path.join(WEB, from, name), path.join(DIST, to, name));
}

function list(folder, below = "") {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = below ? `${below}/${entry.name}` : entry.name;
    return entry.isDirectory() ? list(path.join(folder, entry.name), name) : [name];
  });
}

/** Pyodide's list of packages without the packages, none of which the page has. */
function lockOfPython() {
  const lock = JSON.parse(fs.readFileSync(path.join(WEB, "node_modules/pyodide/pyodide-lock.json"), "utf8"));
  return JSON.stringify({ ...lock, packages: {} });
}

function python() {
  const own = path.join(WEB, "..", ".venv", "bin", "python");
  return process.env.PYTHON ?? (fs.existsSync(own) ? own : "python3");
}
