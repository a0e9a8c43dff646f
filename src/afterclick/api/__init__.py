"""What crosses `/api/v1`: the records that a request's body or an answer is made of, where no other room has them.

Enters: nothing. Leaves: types that the routes and the command line share, so that neither loads the other. The routes
are `Endpoint`s of the folders under `pages/`; those that have no page stand there too, such as `pages/query/`.
"""
