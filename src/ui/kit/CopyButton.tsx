import { useEffect, useState } from 'react';
import { Icon, type IconName } from './icons.tsx';

interface CopyButtonProps {
  readonly icon: IconName;
  /** "link" */
  readonly what: string;
  /** Of which picture, for screen readers. */
  readonly of?: string;
  /** Without words to be seen. */
  readonly compact?: boolean;
  readonly disabled?: boolean;
  /** Tells whether it is there. */
  readonly copy: () => Promise<boolean>;
}

/** Milliseconds for which the button says that it did. */
const copiedFor = 2000;

/** Copies something, and says so in its own place: nothing moves, and the focus stays. */
export function CopyButton({
  icon,
  what,
  of = '',
  compact = false,
  disabled = false,
  copy,
}: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), copiedFor);
    return () => clearTimeout(timer);
  }, [copied]);
  const words = copied ? `${what[0].toUpperCase()}${what.slice(1)} copied` : `Copy ${what}`;
  return (
    <button
      type="button"
      className={compact ? 'quiet icon-only' : 'quiet'}
      title={compact ? words : undefined}
      disabled={disabled}
      onClick={async () => setCopied(await copy())}
    >
      <Icon name={copied ? 'tick' : icon} />{' '}
      <span className={compact ? 'visually-hidden' : undefined}>{words}</span>
      {of && <span className="visually-hidden"> {of}</span>}
    </button>
  );
}
