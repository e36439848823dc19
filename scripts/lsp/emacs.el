;; What Emacs holds after a run, with eglot, which has one server a mode: ours around the usual one. Started by check-lsp:
;; emacs --batch -Q -L EGLOT -l scripts/lsp/emacs.el  -*- lexical-binding: t -*-
(require 'eglot)
(require 'json)
(require 'flymake)
(require 'python)

(defun td-wait (condition)
  "Whether CONDITION becomes true within 20 seconds; the editor handles events meanwhile."
  (let ((end (+ (float-time) 20)) value)
    (while (and (not (setq value (funcall condition))) (< (float-time) end))
      (accept-process-output nil 0.02))
    value))

(let* ((program (getenv "TD_PROGRAM"))
       (eglot-sync-connect 20)
       (eglot-server-programs
        (list (append (list 'python-mode program "lsp" "--hub" "never" "--pipe" (getenv "TD_PIPE") "--wrap" "--")
                      (list (getenv "TD_SERVER")))))
       held)
  (find-file (getenv "TD_FILE"))
  (python-mode)
  (apply #'eglot (eglot--guess-contact))
  ;; In batch nothing turns it on.
  (flymake-mode 1)
  (flymake-start)
  (td-wait (lambda () (file-exists-p (getenv "TD_PIPE"))))
  (write-region "" nil (getenv "TD_READY"))
  (push (cons 'diagnosed
              (and (td-wait (lambda ()
                              (flymake-start)
                              (cl-some (lambda (each) (string-match-p "timeout (t1)" (flymake-diagnostic-text each)))
                                       (flymake-diagnostics))))
                   t))
        held)
  (push (cons 'lines
              (vconcat (mapcar (lambda (each) (line-number-at-pos (flymake-diagnostic-beg each)))
                               (cl-remove-if-not (lambda (each) (string-match-p "timeout (t1)" (flymake-diagnostic-text each)))
                                                 (flymake-diagnostics)))))
        held)
  (goto-char (point-min))
  (forward-line 7)
  (forward-char 5)
  (let ((hover (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover (eglot--TextDocumentPositionParams))))
    (push (cons 'hover (format "%S" hover)) held))
  (push (cons 'symbols (format "%S" (jsonrpc-request (eglot--current-server-or-lose) :textDocument/documentSymbol
                                                     (list :textDocument (eglot--TextDocumentIdentifier)))))
        held)
  (push (cons 'explained
              (plist-get (jsonrpc-request (eglot--current-server-or-lose) :workspace/executeCommand
                                          (list :command "traceDistiller.explain" :arguments (vector "t1")))
                         :text))
        held)
  (with-temp-file (getenv "TD_RESULT") (insert (json-encode held)))
  (eglot-shutdown (eglot--current-server-or-lose)))
