;;; trace-distiller.el --- Emacs (27 or newer) as a client of `trace-distiller serve' -*- lexical-binding: t -*-
;; M-x trace-distiller-summary shows the latest trace.  In init.el:  (load "/path/to/scripts/editors/emacs/trace-distiller.el")

(require 'jsonrpc)

(defvar trace-distiller-command '("trace-distiller" "serve") "The server's command line.")
(defvar trace-distiller--connection nil)

(defun trace-distiller-connection ()
  "The running server, started when there is none."
  (unless (and trace-distiller--connection (jsonrpc-running-p trace-distiller--connection))
    (setq trace-distiller--connection
          (jsonrpc-process-connection
           :name "trace-distiller"
           :process (lambda ()
                      (make-process :name "trace-distiller" :command trace-distiller-command :connection-type 'pipe
                                    :coding 'utf-8-emacs-unix :noquery t :stderr (get-buffer-create " *trace-distiller log*")))
           :notification-dispatcher (lambda (_connection _method params)
                                      (message "trace-distiller: %s" (plist-get params :message)))))
    (jsonrpc-request trace-distiller--connection 'initialize (list :processId (emacs-pid) :capabilities nil))
    (jsonrpc-notify trace-distiller--connection 'initialized (list :ready t)))
  trace-distiller--connection)

(defun trace-distiller-ask (method &optional params)
  "The result of METHOD with the plist PARAMS; an error of the server is signalled with its message."
  (jsonrpc-request (trace-distiller-connection) method params :timeout 25))

(defun trace-distiller-summary (&optional trace)
  "Show the summary of TRACE, by default the latest."
  (interactive (list (read-string "Trace: " nil nil "latest")))
  (let ((text (plist-get (trace-distiller-ask 'trace/summary (list :traceId (or trace "latest"))) :text)))
    (with-current-buffer (get-buffer-create "*trace summary*")
      (erase-buffer)
      (insert text)
      (goto-char (point-min))
      (unless noninteractive (display-buffer (current-buffer)))
      text)))

(defun trace-distiller-stop ()
  "End the server as LSP asks."
  (trace-distiller-ask 'shutdown)
  (jsonrpc-notify trace-distiller--connection 'exit nil))

(provide 'trace-distiller)
;;; trace-distiller.el ends here
