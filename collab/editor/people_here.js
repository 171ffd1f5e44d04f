// The people who are here: a face for each of the first, and the names of all others. However many they are,
// they are one element to the server.
export default {
  template: `
    <div class="people">
      <ul class="faces" :aria-label="label" data-testid="presence">
        <li v-for="[id, name, initials, color, pattern] in faces" :key="id" :class="{ me: id === me }"
            data-testid="presence-person">
          <button v-if="id === me" type="button" class="face" :style="{ '--person': color }"
                  :data-initials="initials" :data-pattern="pattern" :title="you + ' — ' + change"
                  @click="$emit('click')">{{ you }}</button>
          <button v-else type="button" class="face" :style="{ '--person': color }"
                  :data-initials="initials" :data-pattern="pattern" :title="name + ' — ' + go"
                  @click="$emit('go', id, name)">{{ name }}</button>
        </li>
      </ul>
      <template v-if="others.length">
        <span class="faces-more" aria-hidden="true">+{{ others.length }}</span>
        <ul class="aside" :aria-label="more">
          <li v-for="name in others" data-testid="presence-person">{{ name }}</li>
        </ul>
      </template>
      <span class="people-count" data-testid="presence-count" :title="names">{{ count }}</span>
    </div>
  `,
  props: {
    faces: Array, // [id, name, initials, color, pattern]
    others: Array, // names
    me: String, // an id
    you: String, // what one's own face is called
    count: String,
    label: String,
    more: String,
    change: String,
    go: String,
  },
  emits: ["click", "go"],
  computed: {
    names() {
      return [...this.faces.map(([, name]) => name), ...this.others].join(", ");
    },
  },
};
