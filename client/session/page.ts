/** What a session wants to know of the page that it runs in. A program without a page uses `NO_PAGE`. */

export interface Page {
  /** Whether nobody can see the page now; hidden pages ping less. */
  hidden(): boolean;
  /** Calls back when the network returns or the page becomes visible: the moments at which a dead link shows. */
  onWake(task: () => void): () => void;
  /** Calls back when the page is hidden or shown. */
  onVisibility(task: () => void): () => void;
  reload(): void;
}

export const NO_PAGE: Page = {
  hidden: () => false,
  onWake: () => () => {},
  onVisibility: () => () => {},
  reload: () => {},
};

/** The page of a browser window. */
export function browserPage(window: Window): Page {
  const { document } = window;
  const onVisibility = (task: () => void) => {
    document.addEventListener('visibilitychange', task);
    return () => document.removeEventListener('visibilitychange', task);
  };
  return {
    hidden: () => document.visibilityState === 'hidden',
    onVisibility,
    onWake(task) {
      const whenVisible = () => {
        if (document.visibilityState === 'visible') task();
      };
      window.addEventListener('online', task);
      const stop = onVisibility(whenVisible);
      return () => {
        window.removeEventListener('online', task);
        stop();
      };
    },
    reload: () => window.location.reload(),
  };
}

/** The part of `localStorage` that sessions and players use. */
export type KeyValueStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
