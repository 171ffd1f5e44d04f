// Says that edits of a document wait on this device for the server; nothing is seen where there are none.
const NAME = "collab"; // the database of src/shelf.ts; its keys begin with the document
const EDITS = "edits";

let asking = null; // one look serves all rows of a list

function unsent() {
  asking ??= look().catch(() => new Set()).finally(() => (asking = null));
  return asking;
}

async function look() {
  const database = await open();
  try {
    const edits = database.transaction(EDITS).objectStore(EDITS);
    return new Set((await result(edits.getAllKeys())).map(([document]) => document));
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
  template: `<span v-if="shown" data-testid="unsent-mark">{{ words }}</span>`,
  props: { document: String, words: String },
  data() {
    return { shown: false };
  },
  mounted() {
    this.look = async () => (this.shown = (await unsent()).has(this.document));
    for (const event of ["pageshow", "focus"]) window.addEventListener(event, this.look);
    void this.look();
  },
  beforeUnmount() {
    for (const event of ["pageshow", "focus"]) window.removeEventListener(event, this.look);
  },
};
