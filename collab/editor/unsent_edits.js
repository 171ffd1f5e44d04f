// Says what of somebody's edits was put back into the text, and offers them what nobody can merge any more.
// Nothing of it is lost by a reload or without the server: it lies on this device until its author has decided.
import { t, tn } from "collab-editor/words.js";

const SAVED_AS = t(" – my unsent edits");
const UNTITLED = t("Untitled");
const TITLE = 200; // longest title, in characters
const SHOWN = 5000; // letters of the text that are shown; all of it is saved and copied
const LATER = t("This could not be saved just now. Nothing of it is lost; please try again in a moment.");
const STILL_HERE = t("It could not be taken away from this device, and will be offered again.");
const NOTHING = { putBack: null, why: null, text: "", keys: [] };

const SAID = {
  mine: t("Your unsent edits"),
  text: t("Text"),
  keep: t("Keep it"),
  forEver: t("Discard it for ever"),
  save: t("Save as a new document"),
  discard: t("Discard"),
  ok: t("OK"),
};

const BEGINNINGS = {
  restored: t("This document was restored from a backup."),
  other: t("This document was put in order, restored from a backup, or made anew."),
};
const REST = {
  restored: t("What you had not sent yet has no place in it any more:"),
  other: t("What you had not sent yet has no place in it:"),
  refused: t("The server did not take these edits of yours:"),
};
const UNDELETED = t("What you had deleted without a connection may be in it again.");
const PARTLY = t("What you had not sent yet was put back where it fits. This has no place any more:");

function wordsFor({ putBack, why, text }) {
  const begin = BEGINNINGS[why] ?? BEGINNINGS[putBack?.why];
  const partly = putBack?.edits && text && why !== "refused";
  const back = putBack?.edits && !partly && tn("{number} edit not sent before was put back.", "{number} edits not sent before were put back.", putBack.edits);
  return [begin, back, putBack?.undeleted && UNDELETED, partly ? PARTLY : text && REST[why]].filter(Boolean).join(" ");
}

async function request(path, options) {
  const answer = await fetch(path, options);
  if (answer.ok) return answer.json();
  const { detail } = await answer.json().catch(() => ({}));
  const { status } = answer;
  throw Object.assign(new Error(`${path}: ${status}`), { status, why: status < 500 && detail });
}

// What was written in a document that somebody deleted meanwhile can be saved all the same.
async function titleOf(id) {
  try {
    return (await request(`/api/documents/${encodeURIComponent(id)}`)).title;
  } catch (error) {
    if (error.status === 404) return UNTITLED;
    throw error;
  }
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Only known pages have the clipboard.
    const before = document.activeElement;
    const box = Object.assign(document.createElement("textarea"), { value: text, className: "aside" });
    document.body.append(box);
    box.select();
    const copied = document.execCommand("copy");
    box.remove();
    before?.focus();
    return copied;
  }
}

export default {
  template: `
    <section class="unsent-edits" :class="{ empty: !words }" :aria-label="words ? said.mine : null"
             data-testid="unsent-edits">
      <div class="unsent-edits-words" role="status">
        <span>{{ words }}</span>
        <a v-if="saved" :href="saved.path" data-testid="unsent-edits-link">{{ saved.title }}</a>
      </div>
      <pre v-if="offer.text" class="unsent-edits-text" tabindex="0" role="group" :aria-label="said.text">{{ shown }}</pre>
      <div v-if="words" class="unsent-edits-actions">
        <template v-if="!offer.text">
          <button type="button" class="button" ref="ok" @click="done">{{ said.ok }}</button>
        </template>
        <template v-else-if="sure">
          <button type="button" class="button" ref="keep" @click="ask(false)">{{ said.keep }}</button>
          <button type="button" class="button button-danger" @click="discard">{{ said.forEver }}</button>
        </template>
        <template v-else>
          <button type="button" class="button button-main" :aria-disabled="busy" @click="save">{{ said.save }}</button>
          <button type="button" class="button" @click="copy">{{ copied ? t("Copied") : t("Copy") }}</button>
          <button type="button" class="button" ref="discard" @click="ask(true)">{{ said.discard }}</button>
        </template>
      </div>
      <p v-if="trouble" class="unsent-edits-trouble" role="alert">{{ trouble }}</p>
    </section>
  `,
  props: { document: String },
  setup() {
    return { t, said: SAID };
  },
  data() {
    return { offer: NOTHING, saved: null, sure: false, busy: false, copied: false, trouble: "" };
  },
  computed: {
    words() {
      return this.saved ? t("Your text is saved. It is a document of its own now:") : wordsFor(this.offer);
    },
    shown() {
      const { text } = this.offer;
      return text.length > SHOWN ? `${text.slice(0, SHOWN).replace(/[\ud800-\udbff]$/, "")} …` : text;
    },
  },
  mounted() {
    window.addEventListener("collab-remains", this.take);
    const board = this.board();
    if (board) this.offer = board.offer;
  },
  beforeUnmount() {
    window.removeEventListener("collab-remains", this.take);
  },
  methods: {
    board() {
      return document.querySelector(".collab-editor")?.__collab?.remains;
    },
    take({ detail }) {
      if (detail.text && detail.text !== this.offer.text) this.saved = null;
      if (detail.text !== this.offer.text) Object.assign(this, { sure: false, copied: false, trouble: "" });
      this.offer = detail;
    },
    // Another page may have taken care of it; and it is taken away only when it is safe elsewhere.
    async save() {
      if (this.busy) return;
      this.busy = true;
      this.trouble = "";
      try {
        await this.board().look();
        const { offer } = this;
        if (offer.text) await this.saveAs(offer);
      } catch (error) {
        console.warn("Collab: unsent edits could not be saved.", error);
        this.trouble = error.why ? t("This could not be saved: {reason}", { reason: t(error.why) }) : LATER;
      }
      this.busy = false;
    },
    async saveAs(offer) {
      const title = await titleOf(this.document);
      const body = JSON.stringify({ title: [...title].slice(0, TITLE - SAVED_AS.length).join("") + SAVED_AS, text: offer.text });
      const made = await request("/api/documents", { method: "POST", headers: { "Content-Type": "application/json" }, body });
      await this.board().remove(offer).catch(() => (this.trouble = STILL_HERE));
      this.saved = { path: `/d/${made.id}`, title: made.title };
      this.focus("ok");
    },
    async copy() {
      this.copied = await copyText(this.offer.text);
      this.trouble = this.copied ? "" : t("Your browser does not let a page copy. Select the text above instead.");
    },
    ask(sure) {
      this.sure = sure;
      this.focus(sure ? "keep" : "discard");
    },
    async discard() {
      try {
        await this.board().remove(this.offer);
        this.done();
      } catch {
        this.trouble = t("This could not be removed just now.");
      }
    },
    done() {
      this.saved = null;
      this.board().seen();
      document.querySelector(".collab-editor .cm-content")?.focus();
    },
    // The keyboard goes on where it was.
    async focus(name) {
      await this.$nextTick();
      this.$refs[name]?.focus();
    },
  },
};
