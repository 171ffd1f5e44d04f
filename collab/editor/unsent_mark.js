// Says that edits of a document are on this device and not on the server; nothing is seen where there are none.
const NAME = "collab"; // the database of src/database.ts; all its keys begin with the document
const STORES = ["edits", "refused"]; // to be sent, and to be decided

let asking = null; // one look serves all rows of a list

function unsent() {
  asking ??= look().catch(() => [new Set(), new Set()]).finally(() => (asking = null));
  return asking;
}

async function look() {
  const database = await open();
  try {
    const transaction = database.transaction(STORES);
    const keys = STORES.map((name) => result(transaction.objectStore(name).getAllKeys()));
    return (await Promise.all(keys)).map((found) => new Set(found.map(([document]) => document)));
  } finally {
    database.close();
  }
}

function open() {
  const request = window.indexedDB.open(NAME);
  request.onupgradeneeded = () => request.transaction.abort(); // nobody ever kept anything here
  return result(request);
}

function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export default {
  template: `<span v-if="words" data-testid="unsent-mark">{{ words }}</span>`,
  props: { document: String, waiting: String, remaining: String },
  data() {
    return { words: "" };
  },
  mounted() {
    for (const event of ["pageshow", "focus"]) window.addEventListener(event, this.look);
    void this.look();
  },
  beforeUnmount() {
    for (const event of ["pageshow", "focus"]) window.removeEventListener(event, this.look);
  },
  methods: {
    async look() {
      const [waiting, remaining] = await unsent();
      if (waiting.has(this.document)) this.words = this.waiting;
      else this.words = remaining.has(this.document) ? this.remaining : "";
    },
  },
};
