
// scripts/lib/torture appends this to src/lib.rs in a copy of the project: a fault of memory when
// nginx loads the module. So the tools show that they would see it.
mod planted_faults {
    #![allow(warnings, clippy::all, clippy::pedantic)]

    use std::hint::black_box;

    #[used]
    #[unsafe(link_section = ".init_array")]
    static AT_LOAD: extern "C" fn() = at_load;

    extern "C" fn at_load() {
        let fault = std::env::var("PTA_PLANTED").unwrap_or_default();
        unsafe {
            match fault.as_str() {
                // One byte behind an allocation of a pool, before another allocation of the pool.
                "pool_overrun" => {
                    let pool = nginx_sys::ngx_create_pool(4096, (*nginx_sys::ngx_cycle).log);
                    let bytes = nginx_sys::ngx_pnalloc(pool, 24).cast::<u8>();
                    let _next = black_box(nginx_sys::ngx_pnalloc(pool, 24));
                    std::ptr::write_volatile(black_box(bytes).add(24), 1);
                    nginx_sys::ngx_destroy_pool(pool);
                }
                "pool_use_after_destroy" => {
                    let pool = nginx_sys::ngx_create_pool(4096, (*nginx_sys::ngx_cycle).log);
                    let bytes = nginx_sys::ngx_pnalloc(pool, 24).cast::<u8>();
                    nginx_sys::ngx_destroy_pool(pool);
                    black_box(std::ptr::read_volatile(black_box(bytes)));
                }
                "heap_overflow" => {
                    let bytes = black_box(vec![1_u8; 24]);
                    black_box(std::ptr::read_volatile(bytes.as_ptr().add(24)));
                }
                "use_after_free" => {
                    let bytes = black_box(vec![1_u8; 24]);
                    let address = black_box(bytes.as_ptr());
                    drop(bytes);
                    black_box(std::ptr::read_volatile(address));
                }
                "leak" => {
                    // Several: the address of the last one may still lie about on the stack.
                    for _ in 0..8 {
                        black_box(std::mem::ManuallyDrop::new(black_box(vec![1_u8; 4321])));
                    }
                }
                _ => {}
            }
        }
    }
}
