/** The browser half of SharedEditor. */
export { type Inside, type MountOptions, MountedEditor, mount } from './mount'
export { STATUS_EVENT, type State, type Status } from './status'
