// The search box with suggestions (ARIA Authoring Practices, "combobox with list autocomplete"). Without this file the
// box is a plain form; with it, nothing is sent or chosen but what the reader does.

const WAIT_MILLISECONDS = 120;

/** Makes an input a combobox; its data- attributes hold the address of suggestions and the words of the page. */
function enhance(input) {
  const list = document.createElement("ul");
  const status = document.createElement("span");
  const state = { active: -1, options: [], timer: 0, request: null };
  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.list);
  list.hidden = true;
  status.className = "hidden";
  status.setAttribute("role", "status");
  const attributes = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  Object.entries(attributes).forEach(([name, value]) => input.setAttribute(name, value));
  input.after(list, status);

  /** Marks an option as chosen, or none (-1). */
  const choose = (number) => {
    state.active = number;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === number)));
    if (number < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[number].id);
  };

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  };

  const show = (suggestions) => {
    close();
    state.options = suggestions;
    list.replaceChildren(...suggestions.map((each, number) => option(input, list, each, number)));
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = suggestions.length ? `${input.dataset.list}: ${suggestions.length}` : "";
  };

  /** What was asked for is not waited for any longer: the reader wrote on, chose or went away. */
  const forget = () => {
    clearTimeout(state.timer);
    state.request?.abort();
  };

  const move = (step) => {
    forget();
    const count = state.options.length;
    const place = state.active < 0 && step < 0 ? 0 : state.active;
    choose((place + step + count) % count);
    list.children[state.active].scrollIntoView({ block: "nearest" });
  };

  const ask = async () => {
    const request = new AbortController();
    const address = `${input.dataset.suggest}?${new URLSearchParams({ q: input.value })}`;
    state.request = request;
    let suggestions = [];
    try {
      const answer = await fetch(address, { signal: request.signal });
      if (answer.ok) ({ suggestions } = await answer.json());
    } catch {
      // no answer: the form goes on without
    }
    if (!request.signal.aborted) show(suggestions);
  };

  input.addEventListener("input", () => {
    forget();
    choose(-1);
    if (input.value.trim()) state.timer = setTimeout(ask, WAIT_MILLISECONDS);
    else show([]);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      forget();
      if (!list.hidden) event.preventDefault();
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && state.active >= 0) {
      event.preventDefault();
      follow(state.options[state.active]);
    }
  });
  input.addEventListener("blur", () => {
    forget();
    close();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the box keeps the focus
    const item = event.target.closest("[role=option]");
    if (item) follow(state.options[[...list.children].indexOf(item)]);
  });
}

/** One suggestion as an option: its text as it is written, its kind, and how many things it has. */
function option(input, list, suggestion, number) {
  const item = document.createElement("li");
  const text = document.createElement("bdi");
  const beside = document.createElement("span");
  item.id = `${list.id}-${number}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  text.dir = "auto";
  text.textContent = suggestion.text;
  beside.className = "muted";
  beside.textContent = ` ${input.dataset[suggestion.kind] ?? ""}${suggestion.count ? ` ${suggestion.count}` : ""}`;
  item.append(text, beside);
  return item;
}

/** Goes where a suggestion leads: a title to the thing, anything else to its search. */
function follow(suggestion) {
  const search = `/search?${new URLSearchParams({ q: suggestion.query })}`;
  location.assign(suggestion.cluster ? `/r/${encodeURIComponent(suggestion.cluster)}` : search);
}

document.querySelectorAll("input[data-suggest]").forEach(enhance);
