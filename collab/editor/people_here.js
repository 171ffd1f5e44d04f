// The people who are here: a face for each of the first, and a list with the names of all. However many they are,
// they are one element to the server.
export default {
  template: `
    <div class="people">
      <ul class="faces" :aria-label="label" data-testid="presence">
        <li v-for="[id, name, initials, color, pattern] in lined" :key="id" :class="{ me: id === me }"
            data-testid="presence-person">
          <button v-if="id === me" type="button" class="face" :style="{ '--person': color }"
                  :data-initials="initials" :data-pattern="pattern" :title="you + ' — ' + change"
                  @click="$emit('click')">{{ you }}</button>
          <button v-else type="button" class="face" :style="{ '--person': color }"
                  :data-initials="initials" :data-pattern="pattern" :title="name + ' — ' + go"
                  @click="$emit('go', id, name)">{{ name }}</button>
        </li>
      </ul>
      <span v-if="others.length" class="faces-more" aria-hidden="true">+{{ others.length }}</span>
      <button type="button" class="people-count" data-testid="presence-count" popovertarget="people-list">{{
        count
      }}</button>
      <div ref="list" id="people-list" class="people-list" popover="auto" role="dialog" :aria-label="label">
        <ul>
          <li v-for="[id, name, color, hasFace] in everybody" :key="id"
              :data-testid="hasFace ? null : 'presence-person'">
            <span v-if="id === me" :style="{ '--person': color }">{{ you }}</span>
            <button v-else type="button" :style="{ '--person': color }" @click="lead(id, name)">{{ name }}</button>
          </li>
        </ul>
      </div>
    </div>
  `,
  props: {
    faces: Array, // [id, name, initials, color, pattern]
    others: Array, // [id, name, color]
    me: String, // an id
    you: String, // what one's own face is called
    count: String,
    label: String,
    change: String,
    go: String,
  },
  emits: ["click", "go"],
  computed: {
    lined() {
      const isMe = ([id]) => id === this.me;
      return [...this.faces.filter((face) => !isMe(face)), ...this.faces.filter(isMe)];
    },
    everybody() {
      const faced = this.faces.map(([id, name, , color]) => [id, name, color, true]);
      return [...faced, ...this.others];
    },
  },
  methods: {
    lead(id, name) {
      this.$emit("go", id, name);
      this.$refs.list.hidePopover();
    },
  },
};
