// Runs before the first paint, so that nothing flashes: marks the page as scripted, and sets what the reader chose.
{
  const root = document.documentElement;
  const read = (/** @type {string} */ key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is blocked: the page works, it only forgets
    }
  };
  const theme = read("theme");
  const dark = document.getElementById("dark");
  if (theme && dark) dark.setAttribute("media", theme === "dark" ? "all" : "not all");
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.theme = theme ?? system;
  root.dataset.pane = "read";
  root.classList.add("js");
  const present = new URLSearchParams(location.search).has("present");
  if (present) root.classList.add("present");
  if (read("ss-more") !== "1" && !present) root.classList.add("basic");
}
