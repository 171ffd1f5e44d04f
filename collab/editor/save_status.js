// Says whether what was typed on this page is safe. It never needs the server: it must be right without one.
import { t, tn } from "collab-editor/words.js";

const CALM_MS = 300; // shorter savings are not worth a word
const SPOKEN_MS = 1500; // and what lasts no longer is not worth an interruption of a screen reader
const QUIET = /(^|; )collab_quiet=1(;|$)/; // the person wants no news read aloud

const ICONS = {
  saved: "M4 10.5l4 4 8-9",
  saving: "M10 4v2.5m0 7V16m6-6h-2.5m-7 0H4m10.2-4.2l-1.7 1.7m-5 5l-1.7 1.7m8.4 0l-1.7-1.7m-5-5L5.8 5.8",
  offline: "M3 3l14 14M5.5 9A6.6 6.6 0 0 1 8 7.6M14.5 9a6.6 6.6 0 0 0-3-1.7M8 12a3.2 3.2 0 0 1 4 .2M10 15.6v.1",
  "read-only": "M6 9V7a4 4 0 0 1 8 0v2M5 9h10v7.5H5z",
  error: "M10 3.5L17.5 16.5h-15zM10 8.5v3.6m0 2.2v.1",
};

const COLORS = { offline: "var(--collab-status-offline, #b35900)", error: "var(--collab-status-error, #c62828)" };

const NOWHERE = t("This browser keeps nothing on this device: until edits are saved, they are only on this page.");

function wordsFor({ state, unsaved, kept, keeping, loaded, reason, final }) {
  if (state === "saved") return t("Saved");
  if (state === "saving") return loaded ? t("Saving…") : t("Opening…");
  if (state === "read-only") return t("Read only");
  if (state === "error") return final && unsaved === 0 ? t("Editing has ended: {reason}", { reason }) : t("Not saved: {reason}", { reason });
  return keeping ? offline(kept) : onThisPage(unsaved - kept, kept);
}

function offline(kept) {
  if (kept === 0) return t("Offline");
  return tn("Offline — {number} edit kept on this device", "Offline — {number} edits kept on this device", kept);
}

function onThisPage(lost, kept) {
  const page =
    lost > 0
      ? tn("Offline — {number} edit only on this page", "Offline — {number} edits only on this page", lost)
      : t("Offline — edits only on this page");
  const device = tn("{number} kept on this device", "{number} kept on this device", kept);
  return kept > 0 ? t("{page}, {device}", { page, device }) : page;
}

export default {
  template: `
    <div data-testid="save-status" :data-state="status.state" :title="shown.keeping ? null : nowhere"
         style="display: inline-flex; align-items: center; gap: 0.4em">
      <svg viewBox="0 0 20 20" width="1.15em" height="1.15em" fill="none" stroke-width="1.8" aria-hidden="true"
           stroke-linecap="round" stroke-linejoin="round" style="flex: none" :style="{ stroke: color }">
        <path :d="icon" />
      </svg>
      <span>{{ words }}</span>
      <span class="aside" aria-live="polite" data-testid="spoken-status">{{ spoken }}</span>
    </div>
  `,
  data() {
    const nothing = { unsaved: 0, kept: 0, keeping: true };
    const status = { state: "saving", ...nothing, loaded: false, reason: "", final: false };
    return { status, shown: status, spoken: "", nowhere: NOWHERE };
  },
  computed: {
    icon() {
      return ICONS[this.shown.state];
    },
    color() {
      return COLORS[this.shown.state] ?? "currentColor";
    },
    words() {
      return wordsFor(this.shown);
    },
  },
  mounted() {
    this.listen = (event) => this.take(event.detail);
    window.addEventListener("collab-status", this.listen);
    const editor = document.querySelector(".collab-editor");
    if (editor?.__collab) this.take(editor.__collab.status());
  },
  beforeUnmount() {
    window.removeEventListener("collab-status", this.listen);
    clearTimeout(this.timer);
    clearTimeout(this.speech);
  },
  methods: {
    // The attribute tells the truth at once; icon and words wait, so that they do not flicker at every key.
    take(status) {
      this.status = status;
      const calm = status.state === "saving" && this.shown.state === "saved";
      if (calm && this.timer) return;
      clearTimeout(this.timer);
      this.timer = 0;
      if (calm) this.timer = setTimeout(() => this.show(), CALM_MS);
      else this.show();
    },
    show() {
      this.timer = 0;
      const news = this.shown.state !== this.status.state;
      this.shown = this.status;
      if (!news) return;
      clearTimeout(this.speech);
      this.speech = setTimeout(() => this.speak(), SPOKEN_MS);
    },
    // How many edits wait is for the eyes: said at each key, it would drown the text.
    // That editing has ended is said by the bar over the text, which is an alert.
    speak() {
      const { state, final, unsaved } = this.shown;
      const said = final && unsaved === 0 && document.querySelector(".gone");
      const news = { saving: "", offline: t("Offline") }[state] ?? this.words;
      this.spoken = said || QUIET.test(document.cookie) ? "" : news;
    },
  },
};
