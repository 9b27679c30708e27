/** What a stroke does, and how wide it is. */
export interface Tool {
  readonly kind: 'brush' | 'eraser';
  /** In tokens, from 1. */
  readonly size: number;
}
