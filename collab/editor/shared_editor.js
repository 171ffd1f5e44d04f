// The shell between NiceGUI and the editor in src/: props in, a DOM event `collab-status` and the events `action` and `language` out, no logic.
import { mount } from "collab-editor";

export default {
  template: `<div class="collab-editor"></div>`,
  props: {
    document: String,
    epoch: String,
    author: String,
    limit: Number,
    images: String,
    imageLimit: Number,
    actions: { type: Array, default: () => [] },
    language: String,
    label: String,
    placeholder: String,
    lineWrapping: { type: Boolean, default: true },
    lineNumbers: Boolean,
    highlightWhitespace: Boolean,
    indent: String,
    disable: Boolean,
    // What ui.codemirror also passes. The text never travels as a prop; the rest has no use here.
    value: String,
    theme: String,
    decorations: Array,
    decorationHtml: Boolean,
    lineAnchors: Object,
    lineTooltips: Object,
    lineTooltipHtml: Boolean,
    keymap: Array,
    userId: String,
  },
  mounted() {
    const element = Number(this.$el.id.slice(1));
    const { document, epoch, author, limit, images, imageLimit, disable: readOnly } = this;
    this.editor = mount(this.$el, {
      element, document, epoch, author, limit, images, imageLimit, readOnly, ...this.options,
    });
    this.editor.choose = (language) => this.$emit("language", language);
    this.setActions();
  },
  beforeUnmount() {
    this.editor.destroy();
  },
  computed: {
    options() {
      return {
        language: this.language ?? "",
        label: this.label || "Text",
        placeholder: this.placeholder ?? "",
        indent: this.indent ?? "",
        lineWrapping: this.lineWrapping,
        lineNumbers: this.lineNumbers,
        highlightWhitespace: this.highlightWhitespace,
      };
    },
  },
  watch: {
    options(options) {
      this.editor.setOptions(options);
    },
    language(language) {
      this.editor.setLanguage(language ?? "");
    },
    actions() {
      this.setActions();
    },
    disable(disable) {
      this.editor.setReadOnly(disable);
    },
  },
  methods: {
    setActions() {
      this.editor.setActions(this.actions, (number) => this.$emit("action", number));
    },
    focus() {
      this.editor.focus();
    },
    goToPerson(id, name) {
      this.editor.goToPerson(id, name);
    },
    revealLine(line) {
      this.editor.revealLine(line);
    },
    // NiceGUI's update method of ui.codemirror; the text is in Yjs, so there is nothing to take over.
    setEditorValueFromProps() {},
  },
};
