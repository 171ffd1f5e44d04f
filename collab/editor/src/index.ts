/** The browser half of SharedEditor. */
export { type MountOptions, MountedEditor, mount } from './mount'
export type { Inside } from './inside'
export { STATUS_EVENT, type State, type Status } from './status'
// For tests that need no page: the algorithm, and the Yjs that it is made of.
export { rebase } from './rebase'
export { Doc, applyUpdate, encodeStateAsUpdate, encodeStateVector, mergeUpdates } from 'yjs'
