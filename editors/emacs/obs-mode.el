;;; obs-mode.el --- A mode for .obs files  -*- lexical-binding: t; -*-

;; Author: the obs maintainers
;; Version: 0.1.0
;; Package-Requires: ((emacs "29.1"))
;; Keywords: languages
;; URL: https://github.com/obs-lang/obs
;; SPDX-License-Identifier: MIT OR Apache-2.0

;;; Commentary:

;; Colours, indentation and comments of .obs, and `obs lsp' for Eglot.  All else is the language server's.

;;; Code:

(require 'seq)

(defgroup obs nil
  "Editing of .obs files."
  :group 'languages
  :prefix "obs-")

(defcustom obs-program "obs"
  "The compiler, which starts the language server."
  :type 'string)

(defcustom obs-indent 2
  "Blanks that a level of brackets indents."
  :type 'integer)

;; The lists of words are written by the tests.

;; words: keywords
(defconst obs-keywords
  '("import" "let" "fn" "type" "protocol" "kind" "cluster" "namespace"
    "layer" "component" "scale" "autoscale" "profile" "backup" "alert"
    "view" "assert" "test" "waive" "patch" "object" "param" "port"
    "accepts" "emits" "turns" "file" "dashboard" "as" "by" "extends" "into"
    "on" "until"))

;; words: control
(defconst obs-control
  '("else" "for" "if" "match"))

;; words: operators
(defconst obs-operators
  '("all" "and" "any" "in" "not" "or"))

;; words: constants
(defconst obs-constants
  '("false" "none" "true"))

;; words: types
(defconst obs-types
  '("bool" "int" "float" "string" "duration" "bytes" "cpu" "percent" "rate"
    "port" "host" "path" "url" "cron" "image" "version" "date" "secret"
    "data" "content" "component" "flow"))

;; words: functions
(defconst obs-functions
  '("len" "join" "split" "lower" "upper" "trim" "replace" "starts_with"
    "ends_with" "contains" "parses" "keys" "values" "sort" "unique"
    "reverse" "flatten" "range" "sum" "min" "max" "floor" "ceil" "string"
    "int" "float" "quote" "json_text" "merge" "secret" "field" "block"
    "attr" "expr" "reachable" "path"))

(defvar obs-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?- "_" table)
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?$ "." table)
    table)
  "Syntax of .obs files.")

(defun obs--words (words)
  "A pattern for WORDS that are neither fields nor keys of entries."
  (concat "\\(?:^\\|[^.[:word:]_-]\\)" (regexp-opt words t) "\\_>\\(?:[^:]\\|$\\)"))

(defvar obs-font-lock-keywords
  `(("\\_<\\(component\\|let\\|view\\|alert\\|profile\\|param\\|port\\)\\s-+\\([[:alpha:]_][[:word:]_-]*\\)"
     (1 font-lock-keyword-face) (2 font-lock-variable-name-face))
    ("\\_<\\(kind\\|type\\|protocol\\|cluster\\|namespace\\|layer\\)\\s-+\\([[:alpha:]_][[:word:]_-]*\\)"
     (1 font-lock-keyword-face) (2 font-lock-type-face))
    ("\\_<\\(fn\\)\\s-+\\([[:alpha:]_][[:word:]_-]*\\)"
     (1 font-lock-keyword-face) (2 font-lock-function-name-face))
    ("<->\\|->" . font-lock-builtin-face)
    ("\\_<\\([[:alpha:]_][[:word:]_-]*\\)\\s-*\\??:\\(?:[^:]\\|$\\)" 1 'font-lock-property-name-face)
    (,(obs--words obs-keywords) 1 font-lock-keyword-face)
    (,(obs--words obs-control) 1 font-lock-keyword-face)
    (,(obs--words obs-operators) 1 font-lock-keyword-face)
    (,(obs--words obs-constants) 1 font-lock-constant-face)
    (,(concat (regexp-opt obs-functions 'symbols) "(") 1 font-lock-builtin-face)
    (,(concat ":\\s-*\\[*" (regexp-opt obs-types 'symbols)) 1 font-lock-type-face)
    ("\\_<[0-9][0-9_.]*\\(?:%\\|[kKMG]?/s\\|[[:alpha:]][[:alnum:]]*\\)?" . font-lock-constant-face))
  "Colours of .obs files.")

(defun obs--propertize (start end)
  "Make text between three quotes one string, from START to END."
  (goto-char start)
  (while (search-forward "\"\"\"" end t)
    (let* ((from (- (point) 3))
           (state (save-excursion (syntax-ppss from))))
      (unless (nth 4 state)
        (if (eq (nth 3 state) t)
            (put-text-property (1- (point)) (point) 'syntax-table (string-to-syntax "|"))
          (unless (nth 3 state)
            (put-text-property from (1+ from) 'syntax-table (string-to-syntax "|"))))))))

(defun obs-indent-line ()
  "Indent the line by the brackets around it."
  (interactive)
  (let* ((state (save-excursion (syntax-ppss (line-beginning-position))))
         (closes (save-excursion (back-to-indentation) (looking-at-p "[]})]")))
         (opener (nth 1 state))
         (column (cond ((nth 3 state) (current-indentation))
                       (opener (+ (save-excursion (goto-char opener) (current-indentation))
                                  (if closes 0 obs-indent)))
                       (t 0))))
    (if (<= (current-column) (current-indentation))
        (indent-line-to column)
      (save-excursion (indent-line-to column)))))

;;;###autoload
(define-derived-mode obs-mode prog-mode "obs"
  "A mode for .obs files."
  :syntax-table obs-mode-syntax-table
  (setq-local font-lock-defaults '(obs-font-lock-keywords))
  (setq-local syntax-propertize-function #'obs--propertize)
  (setq-local comment-start "// ")
  (setq-local comment-start-skip "//[/!]?\\s-*")
  (setq-local comment-end "")
  (setq-local indent-line-function #'obs-indent-line)
  (setq-local indent-tabs-mode nil)
  (setq-local tab-width obs-indent)
  (setq-local electric-indent-chars (append "]})" electric-indent-chars)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.obs\\'" . obs-mode))

(defun obs-server (&rest _)
  "The command that starts the language server, for Eglot."
  (list obs-program "lsp"))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs (cons 'obs-mode #'obs-server)))

(declare-function eglot-current-server "eglot")
(declare-function eglot--TextDocumentIdentifier "eglot")
(declare-function eglot--TextDocumentPositionParams "eglot")
(declare-function jsonrpc-request "jsonrpc")

(defun obs--beside (name text mode)
  "Show TEXT in the buffer NAME, in MODE, to be read only."
  (with-current-buffer (get-buffer-create name)
    (let ((inhibit-read-only t))
      (erase-buffer)
      (insert text)
      (goto-char (point-min))
      (funcall mode)
      (setq buffer-read-only t))
    (display-buffer (current-buffer))))

(defun obs-preview (&optional view)
  "The picture of this program by VIEW, as boxes of characters."
  (interactive (list (and current-prefix-arg (read-string "View: " "system"))))
  (let ((found (jsonrpc-request (eglot-current-server) :obs/preview
                                (list :textDocument (eglot--TextDocumentIdentifier)
                                      :view (or view "system") :format "ascii"))))
    (obs--beside "*obs preview*" (plist-get found :text) #'special-mode)))

(defun obs-emitted ()
  "What the item at point becomes."
  (interactive)
  (let ((files (jsonrpc-request (eglot-current-server) :obs/emitted (eglot--TextDocumentPositionParams))))
    (if (seq-empty-p files)
        (message "Nothing comes of this, or the program has errors")
      (obs--beside "*obs emitted*"
                   (mapconcat (lambda (file) (concat "# " (plist-get file :path) "\n" (plist-get file :text)))
                              files "---\n")
                   (if (fboundp 'yaml-mode) 'yaml-mode #'special-mode)))))

(provide 'obs-mode)
;;; obs-mode.el ends here
