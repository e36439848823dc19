;;; trace-distiller.el --- Emacs (27 or newer) as a client of `trace-distiller serve' -*- lexical-binding: t -*-
;; M-x trace-distiller-explain, -summary and -list show what ran, in one window that is used again.  Nothing waits for an answer.
;; In init.el:  (load "/path/to/scripts/editors/emacs/trace-distiller.el")

(require 'jsonrpc)
(require 'cl-lib)
(require 'seq)

(defvar trace-distiller-command '("trace-distiller" "serve") "The server's command line.")
(defvar trace-distiller--connection nil)
(defvar trace-distiller--latest 0 "The number of the latest question, whose answer is shown.")

(defun trace-distiller-connection ()
  "The running server, started when there is none.  The handshake is not waited for: the server keeps the order of messages."
  (unless (and trace-distiller--connection (jsonrpc-running-p trace-distiller--connection))
    (setq trace-distiller--connection
          (jsonrpc-process-connection
           :name "trace-distiller"
           :process (lambda ()
                      (make-process :name "trace-distiller" :command trace-distiller-command :connection-type 'pipe
                                    :coding 'utf-8-emacs-unix :noquery t :stderr (get-buffer-create " *trace-distiller log*")))
           :notification-dispatcher (lambda (_connection _method params)
                                      (message "trace-distiller: %s" (plist-get params :message)))))
    (jsonrpc-async-request trace-distiller--connection 'initialize (list :processId (emacs-pid) :capabilities nil)
                           :success-fn #'ignore :error-fn #'ignore)
    (jsonrpc-notify trace-distiller--connection 'initialized (list :ready t)))
  trace-distiller--connection)

(defun trace-distiller--tell (problem)
  "Say PROBLEM in one line, and return it."
  (let ((line (replace-regexp-in-string "[ \t]*\n[ \t]*" " " problem)))
    (message "trace-distiller: %s" line)
    line))

(defun trace-distiller-ask (method params done)
  "Ask METHOD with the plist PARAMS; DONE is called with the result, or with nil and the server's message."
  (condition-case problem
      (jsonrpc-async-request (trace-distiller-connection) method params :timeout 25
                             :success-fn (lambda (result) (funcall done result nil))
                             :error-fn (lambda (failure) (funcall done nil (plist-get failure :message)))
                             :timeout-fn (lambda () (funcall done nil "no answer in 25 seconds")))
    (error (funcall done nil (error-message-string problem)))))

(defun trace-distiller--show (text)
  "Show TEXT in the window of the answer before, or in a new one.  The selected window stays selected."
  (with-current-buffer (get-buffer-create "*trace*")
    (let ((inhibit-read-only t))
      (erase-buffer)
      (insert text))
    (goto-char (point-min))
    (setq buffer-read-only t)
    (let ((window (display-buffer (current-buffer) '((display-buffer-reuse-window display-buffer-at-bottom)))))
      (when window (set-window-point window (point-min))))))

(defun trace-distiller--shown (method params text done)
  "Ask METHOD with PARAMS and show what TEXT makes of the result; DONE, if given, gets the text, or nil and the problem."
  (let ((mine (cl-incf trace-distiller--latest)))
    (trace-distiller-ask method params
                         (lambda (result problem)
                           (if problem
                               (funcall (or done #'ignore) nil (trace-distiller--tell problem))
                             (let ((made (funcall text result)))
                               (when (= mine trace-distiller--latest) (trace-distiller--show made))
                               (funcall (or done #'ignore) made nil)))))))

(defun trace-distiller-explain (&optional trace done)
  "Show why TRACE, by default the latest, took its time or failed.  DONE, if given, gets the text, or nil and the problem."
  (interactive (list (read-string "Trace: " nil nil "latest")))
  (trace-distiller--shown 'trace/explain (list :traceId (or trace "latest")) (lambda (result) (plist-get result :text)) done))

(defun trace-distiller-summary (&optional trace done)
  "Show the summary of TRACE, by default the latest.  DONE, if given, gets the text, or nil and the problem."
  (interactive (list (read-string "Trace: " nil nil "latest")))
  (trace-distiller--shown 'trace/summary (list :traceId (or trace "latest")) (lambda (result) (plist-get result :text)) done))

(defun trace-distiller-list (&optional done)
  "Show what ran lately.  DONE, if given, gets the text, or nil and the problem."
  (interactive)
  (trace-distiller--shown
   'traces/list nil
   (lambda (result)
     (if (seq-empty-p (plist-get result :traces))
         (or (plist-get result :hint) "no trace")
       (mapconcat (lambda (trace)
                    (format "%s  %s  %.2f ms  %d spans, %d failed" (plist-get trace :handle) (plist-get trace :rootName)
                            (plist-get trace :durationMs) (plist-get trace :spanCount) (plist-get trace :errorCount)))
                  (plist-get result :traces) "\n")))
   done))

(defun trace-distiller-stop ()
  "End the server as LSP asks."
  (jsonrpc-request trace-distiller--connection 'shutdown nil)
  (jsonrpc-notify trace-distiller--connection 'exit nil))

(provide 'trace-distiller)
;;; trace-distiller.el ends here
