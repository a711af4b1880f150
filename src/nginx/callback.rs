//! The functions of this module that nginx calls, by name.

/// A function of this module that nginx calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callback {
    CreateMainConf,
    CreateLocConf,
    Setter,
    MergeLocConf,
    Preconfiguration,
    Postconfiguration,
    InitModule,
    DropConf,
    ServerRewrite,
    Rewrite,
    Rewritten,
    Access,
    LetInByOthers,
    AccelRedirect,
    Variable,
    CreateCookieMainConf,
    CreateCookieConf,
    MergeCookieConf,
    CookiePostconfiguration,
    CookieRedirect,
    FilterPostconfiguration,
    HeaderFilter,
}
