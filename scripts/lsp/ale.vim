" What Vim with ALE holds after a run. Started by check-lsp.
set nocompatible noswapfile viminfo= nomore
execute 'set runtimepath^=' . $TD_ALE
let g:ale_linters = {'python': ['trace_distiller']}
let g:ale_linters_explicit = 1
let g:trace_distiller_executable = $TD_PROGRAM
let g:trace_distiller_arguments = '--hub never --pipe ' . $TD_PIPE
runtime plugin/ale.vim
execute 'source ' . $TD_MODULE
filetype on
execute 'edit ' . fnameescape($TD_FILE)
set filetype=python
ALELint

function! Wait(condition) abort
  let l:left = 400
  while !eval(a:condition) && l:left > 0
    sleep 50m
    let l:left -= 1
  endwhile
  return eval(a:condition)
endfunction

function! Held() abort
  return filter(copy(ale#engine#GetLoclist(bufnr(''))), 'v:val.text ==# "timeout (t1)"')
endfunction

call Wait('getftype($TD_PIPE) ==# "fifo"')
call writefile([], $TD_READY)
call Wait('len(Held()) > 0')
call writefile([json_encode({'errors': map(Held(), '[v:val.lnum, v:val.type, v:val.text]')})], $TD_RESULT)
call ale#lsp#reset#StopAllLSPs()
sleep 100m
qall!
