/** What the two processes of the floor tell each other's keeper. */
export type FloorMessage =
  | { readonly kind: 'listening'; readonly port: number }
  /** µs of the sender's CPU per frame. */
  | { readonly kind: 'measured'; readonly usPerFrame: number };
