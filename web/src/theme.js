// Dark or light: what the system has, until somebody chooses.

const KEY = "matcalc-theme";
const root = document.documentElement;

export function startTheme(button) {
  const kept = read();
  if (kept) root.dataset.theme = kept;
  button.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try {
      localStorage.setItem(KEY, root.dataset.theme);
    } catch {
      // not kept, then
    }
  });
}

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
